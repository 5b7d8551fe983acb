"""What is learned: from the text around spans to the most probable speaker of each, and whether it is a quotation.

lines → tokens → phrases → context → candidates → features → ranker, with the weights beside it.
"""
