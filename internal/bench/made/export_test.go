package made

// SQL are the statements, for a test that prepares them.
var SQL = sqlFS
