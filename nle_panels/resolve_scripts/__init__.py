"""What `pickup install resolve` puts into DaVinci Resolve: the standard library's Python, from 3.8 on."""
