"""What tests share: real servers, in-process services, stories, waiting. No test is in here."""
