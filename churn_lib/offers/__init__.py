"""Which offer pays, or does none?"""
