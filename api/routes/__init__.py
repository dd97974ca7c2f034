"""Routes, one module for each noun: each unpacks the request, calls one function of storage, and hands over."""
