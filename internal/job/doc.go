// Package job keeps what somebody asked for and does not wait for: how far it is,
// its parts, and the files that it made, all in the database, where every worker
// and every service finds them. It knows nothing of what is done.
package job
