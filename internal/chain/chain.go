// Package chain is how the logs that nobody may change are held together: each
// event is hashed over the one before.
package chain

import "crypto/sha256"

// Start is what the first event is hashed over.
func Start() []byte { return make([]byte, sha256.Size) }

// Next is the hash of an event over the one before.
func Next(before, body []byte) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write(body)
	return h.Sum(nil)
}
