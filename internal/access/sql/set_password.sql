-- set_password: gives an account another password.
-- @id;  @password_hash
update account set password_hash = @password_hash where id = @id
