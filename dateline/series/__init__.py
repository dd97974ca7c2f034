"""What is made of view counts: totals of ledgers, marks, monotone series, windows and buckets. Pure.

Moments are whole microseconds since 1970 here: thousands of them are compared in one call.
"""
