-- put_account: makes an account, unless there is one of that name.
-- @name;  @role;  @counties  null for all;  @password_hash;  @issuer;  @subject;  @created_by
insert into account (name, role, counties, password_hash, issuer, subject, created_by)
values (@name, @role, @counties, @password_hash, @issuer, @subject, @created_by)
on conflict do nothing
returning id
