"""Use cases: one verb a module, a typed request in, a typed result out.

Only here are the rooms put together; the command line and the workbench pass on.
"""
