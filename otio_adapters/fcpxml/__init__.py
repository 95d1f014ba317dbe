"""Final Cut Pro XML (FCPXML 1.8 to 1.11), which Final Cut Pro and Resolve exchange."""
