-- forget_tries: forgets the tries of a name that succeeded.
-- @name_sha256
delete from sign_in_try where name_sha256 = @name_sha256
