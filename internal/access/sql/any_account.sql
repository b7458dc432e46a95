-- any_account: whether there is an account, be it disabled.
select exists (select from account)
