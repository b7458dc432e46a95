-- audit: how many events the audit log has, and the hash of the last.
select count(*) as events, coalesce((select encode(sha256, 'hex') from audit_event order by no desc limit 1), '') as head
from audit_event
