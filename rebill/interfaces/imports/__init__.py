"""Files of other systems, for every door: what can be imported, how a file is read, and what becomes of its lines.

`entities` lists by hand what can be imported, one module each; `inspecting` shows how a file will be read;
`running` imports it in chunks, or only tries. The doors ask and show; the stages decide and write.
"""
