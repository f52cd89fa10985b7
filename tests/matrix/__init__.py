"""What others say of what we issue: a site is brought up that believes it is https://badges.example, and the
peers of ../shared/conformance, a tool beside the project, judge what stands there.

    python -m tests.matrix          a sample of each kind and standing, in three minutes at most
    python -m tests.matrix --all    every kind in every standing and form, and what is rare; with a table

Exit 0: all is as it has to be, or nothing was judged (one line says why); 1: a peer says something else.
"""
