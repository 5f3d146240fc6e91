"""``python -m evals.kills``: whether anything is lost when citedesk is killed."""
