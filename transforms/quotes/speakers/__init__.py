"""Who a speaker is within the article: the fullest name of each, their role, organisation and kind."""
