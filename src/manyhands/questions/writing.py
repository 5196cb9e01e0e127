"""Writing questions that are a page: HTMLQuestion and ExternalQuestion."""

from manyhands.questions import forms
from manyhands.questions.characters import escaped, legal


def html_question(html: str, frame_height: int = 0) -> str:
    """An HTMLQuestion that holds this page; 0 fills the window."""
    # A section cannot hold its own end, so it is ended within it and begun again.
    content = legal(html).replace("]]>", "]]]]><![CDATA[>")
    return (
        f'<HTMLQuestion xmlns="{forms.HTML_QUESTION}"><HTMLContent><![CDATA[{content}]]></HTMLContent>'
        f"<FrameHeight>{frame_height:d}</FrameHeight></HTMLQuestion>"
    )


def external_question(url: str, frame_height: int = 0) -> str:
    """An ExternalQuestion that shows the page at this address."""
    return (
        f'<ExternalQuestion xmlns="{forms.EXTERNAL_QUESTION}"><ExternalURL>{escaped(url)}</ExternalURL>'
        f"<FrameHeight>{frame_height:d}</FrameHeight></ExternalQuestion>"
    )
