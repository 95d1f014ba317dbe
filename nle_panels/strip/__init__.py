"""The strip: waveform, words and edits of the clip, over time."""
