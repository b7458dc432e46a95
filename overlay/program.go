package overlay

// Program names this program among those that compute runs: another may come to
// other figures, and to another digest of the same.
func Program() string { return program() }
