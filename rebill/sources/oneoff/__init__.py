"""Lines added by hand as a source: things sold once, setups, and credits.

In:   interim lines that a clerk, an import or an integrator added.
Does: tells each of them once.
Out:  claims of the kinds PERPETUAL, SETUP and CREDIT.
"""
