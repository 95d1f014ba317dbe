"""Final Cut Pro 7 XML (xmeml 4 and 5), which Premiere, Resolve and many others exchange."""
