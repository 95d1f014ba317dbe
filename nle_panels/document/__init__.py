"""What the editor does to the words: pure, without Qt.

tokens      a word as spoken, a pause, a new word
document    paragraphs of tokens; places in them; how an edited document differs from the one before
opening     a transcript as a document
striking    strike, restore, protect, pauses: what is done to tokens as they are
writing     typing, pasting, replacing
deleting    Backspace and Delete
retyping    a word typed as the struck one was is that one again
correcting  the text mended where the recogniser misheard: no picture changes
paragraphs  split, joined, given a speaker
nudging     a word's edges moved by frames
history     undo and redo
search      find and replace
fillers     "um" and repeated takes, as proposals
meaning     what the document asks of the bridge
journal     autosave
"""
