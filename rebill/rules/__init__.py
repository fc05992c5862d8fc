"""The business arithmetic of rebill: values in, values out.

Nothing here knows Django, a file, a clock or a language. What can be asked with values and answered with values is a
rule and stands here; what must look something up is a query, what must remember something is a command.
"""
