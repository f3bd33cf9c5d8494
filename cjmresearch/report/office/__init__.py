"""What the Word document and the deck share: rich text, tables, the fit of text, clean files.

`cjmresearch.report.word` and `cjmresearch.report.slides` render the dict of `report.build.build`.
"""
