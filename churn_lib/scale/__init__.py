"""The score, its reasons and the offer as one text of SQL, for warehouses and for large files."""
