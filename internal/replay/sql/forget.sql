-- forget: deletes the replies that are older than a day, or of a clock that was ahead
-- by more than that.
delete from kept_reply where claimed_at < now() - interval '1 day' or claimed_at > now() + interval '1 day'
