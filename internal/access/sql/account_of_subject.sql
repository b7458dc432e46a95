-- account_of_subject: the account that an issuer vouches for.
-- @issuer;  @subject
select id, name, role, counties, password_hash, issuer, subject, disabled_at is not null as disabled, created_at, created_by
from account where issuer = @issuer and subject = @subject
order by id
