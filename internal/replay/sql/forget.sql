-- forget: deletes the replies that are older than a day.
delete from kept_reply where claimed_at < now() - interval '1 day'
