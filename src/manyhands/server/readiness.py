"""Whether a server of ours answers yet."""

import http.client

_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def answers(host: str, port: int) -> bool:
    """True as soon as any HTTP answer comes, even a refusal: what it says is the site's affair."""
    connection = http.client.HTTPConnection(_WILDCARDS.get(host, host), port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
