-- append_audit: writes an event at the end of the audit log.
-- @actor;  @via;  @address;  @action;  @resource;  @result;  @request
select append_audit(@actor, @via, @address, @action, @resource, @result, @request)
