-- audit_chain: the whole audit log in its order.
select no, at, actor, via, address, action, resource, result, body, sha256 from audit_event
order by no
