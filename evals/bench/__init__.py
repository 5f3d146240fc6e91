"""What citedesk costs on this machine: time, memory, and how that grows."""
