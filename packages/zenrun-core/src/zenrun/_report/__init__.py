"""A sweep as one HTML page: what it has come to, its pictures, and its jobs to sort, filter and open.

The page is one file that loads nothing and runs nothing but its own script. Whatever came from a job is text on
it. This package must not know how jobs run.
"""

from zenrun._report._report import report as report
