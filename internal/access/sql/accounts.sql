-- accounts: all accounts, or the one of a name.
-- @name  null for all
select a.id, a.name, a.role, a.counties, a.password_hash, coalesce(a.issuer, '') as issuer, coalesce(a.subject, '') as subject,
       a.disabled_at is not null as disabled, a.created_at, a.created_by
from account a
where @name::text is null or lower(a.name) = lower(@name)
order by a.name, a.id
