"""New words said by the editor: the microphone, and where recordings are kept."""
