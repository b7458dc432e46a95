package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/taohe-gis/taohe/ingest"
)

// How a password is hashed: argon2id as RFC 9106 §4 recommends where memory is
// scarce, but on one thread, since two sign-ins are hashed at a time.
const (
	hashPasses    = 3
	hashMemoryKiB = 64 << 10
	hashThreads   = 1
	hashSaltBytes = 16
	hashKeyBytes  = 32
	mostHashing   = 2
)

// A password is judged by its length alone: rules about what is in it make people
// choose what is guessed first.
const (
	minPassword = 12
	maxPassword = 128
)

func passwordFaults(location, name, password string) []ingest.Fault {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword || n > maxPassword:
		return []ingest.Fault{{Location: location, Code: "out-of-range", Message: fmt.Sprintf("密码应为 %d 至 %d 个字，几个不相干的词即可，不要求数字或符号。", minPassword, maxPassword)}}
	case strings.EqualFold(password, name):
		return []ingest.Fault{{Location: location, Code: "password-is-name", Message: "密码不能与账号名相同。"}}
	}
	return nil
}

var phc = base64.RawStdEncoding

// hash is a password as it is kept, in the PHC string format.
func (a *Access) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, hashSaltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	key, err := a.derive(ctx, password, salt, hashPasses, hashMemoryKiB, hashThreads, hashKeyBytes)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemoryKiB, hashPasses, hashThreads, phc.EncodeToString(salt), phc.EncodeToString(key)), nil
}

// unknown is what the password of an account that is not there is held against, so
// that it takes as long as one that is.
var unknown = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemoryKiB, hashPasses, hashThreads,
	phc.EncodeToString(make([]byte, hashSaltBytes)), phc.EncodeToString(make([]byte, hashKeyBytes)))

// matches holds a password against what is kept.
func (a *Access) matches(ctx context.Context, password, kept string) (bool, error) {
	var version, memory, passes, threads uint32
	fields := strings.Split(kept, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return false, errors.New("a password hash is not argon2id")
	}
	if _, err := fmt.Sscanf(fields[2]+" "+fields[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads); err != nil || version != argon2.Version || threads > 255 {
		return false, errors.New("a password hash has parameters that are not known")
	}
	salt, saltErr := phc.DecodeString(fields[4])
	key, keyErr := phc.DecodeString(fields[5])
	if err := errors.Join(saltErr, keyErr); err != nil {
		return false, fmt.Errorf("a password hash cannot be read: %w", err)
	}
	got, err := a.derive(ctx, password, salt, passes, memory, uint8(threads), uint32(len(key)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, key) == 1, nil
}

// derive takes its turn among those who hash.
func (a *Access) derive(ctx context.Context, password string, salt []byte, passes, memory uint32, threads uint8, length uint32) ([]byte, error) {
	select {
	case a.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-a.hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, threads, length), nil
}

// secret is a new token, which cannot be guessed, and what is kept of it.
func secret() (token string, sum []byte, err error) {
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", nil, fmt.Errorf("make token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(random[:])
	return token, hashed(token), nil
}

// hashed is what is kept of a token: as long as it is random, one pass is enough.
func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
