"""The commands of ``manyhands``, one file each: add a file and it is a command (see ``manyhands.cli``)."""
