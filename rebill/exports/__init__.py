"""Files for other systems, made from what was billed.

In:   issued documents and the drafts of a month.
Does: writes the combined export, by hand or by the timetable, and mails it once.
Out:  CSV and XLSX files, kept with their hash.
"""
