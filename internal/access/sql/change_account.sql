-- change_account: gives an account another role, other counties, or takes it away.
-- @id;  @role;  @counties  null for all;  @disabled;  @issuer  null for nobody;  @subject
update account
set role = @role, counties = @counties, issuer = @issuer, subject = @subject,
    disabled_at = case when @disabled::boolean then coalesce(disabled_at, now()) end
where id = @id
