-- audit_head: where the audit log says that it ends.
select no, sha256 from audit_head
order by one
