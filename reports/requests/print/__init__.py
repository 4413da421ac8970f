"""The files of official information: letters, released papers and their package, as HTML, PDF and Word."""
