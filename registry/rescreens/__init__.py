"""Bulk rescreening: millions of customers of a partner against one version of the list.

`service` takes the upload and shows what became of it; `run` does the work, a chunk at a time, in the
worker process. Between the two lie the job's row (`models`) and its encrypted file (`spool`).
"""
