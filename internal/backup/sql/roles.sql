-- roles: the program's own roles and which of them each is a member of; they are the server's, and in no dump of a database.
select r.rolname::text as name,
       array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
             where m.member = r.oid and g.rolname like 'taohe\_%' order by g.rolname) as member_of
from pg_roles r
where r.rolname like 'taohe\_%' and not r.rolcanlogin
order by r.rolname
