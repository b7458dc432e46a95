package access

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/jackc/pgx/v5"
	"golang.org/x/oauth2"

	"github.com/taohe-gis/taohe/internal/pg"
)

// An Issuer vouches for people by OpenID Connect. Who and where it is comes from the
// settings of the service alone, never from a request.
type Issuer struct {
	// URL is the issuer's, ClientID and ClientSecret what it knows this service by,
	// ReturnURL where it sends people back to.
	URL, ClientID, ClientSecret, ReturnURL string
	// Scopes are asked for beside openid. Where there are Grants, whoever the issuer
	// says one of in RoleClaim has an account by them, made and changed as they sign
	// in, and nobody else of the issuer has one; the first grant that fits counts.
	// Without, accounts are made by hand.
	Scopes    []string
	RoleClaim string
	Grants    []Grant

	mu       sync.Mutex
	config   *oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// issuerTimeout bounds each request to an issuer.
const issuerTimeout = 10 * time.Second

// ErrIssuer is returned when an issuer does not answer, or not as it should.
var ErrIssuer = errors.New("the issuer does not answer as it should")

// reached discovers the issuer, the first time that it answers: the service starts
// without it, and signs in by password meanwhile.
func (i *Issuer) reached(ctx context.Context) (context.Context, error) {
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: issuerTimeout})
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.config != nil {
		return ctx, nil
	}
	// The keys are fetched anew in this context for as long as the program runs.
	found, err := oidc.NewProvider(context.WithoutCancel(ctx), i.URL)
	if err != nil {
		return ctx, fmt.Errorf("%w: %w", ErrIssuer, err)
	}
	i.config = &oauth2.Config{
		ClientID: i.ClientID, ClientSecret: i.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: i.ReturnURL, Scopes: append([]string{oidc.ScopeOpenID}, i.Scopes...),
	}
	i.verifier = found.Verifier(&oidc.Config{ClientID: i.ClientID})
	return ctx, nil
}

// Begin begins a sign-in at an issuer: address is where the browser is sent, state
// what it keeps until it comes back. ErrIssuer.
func (a *Access) Begin(ctx context.Context, i *Issuer) (address, state string, err error) {
	if _, err := i.reached(ctx); err != nil {
		return "", "", err
	}
	state, sum, err := secret()
	if err != nil {
		return "", "", err
	}
	nonce, _, err := secret()
	if err != nil {
		return "", "", err
	}
	verifier := oauth2.GenerateVerifier()
	err = exec(ctx, a.pool, sqlBeginSignIn, pgx.StrictNamedArgs{"state_sha256": sum, "verifier": verifier, "nonce": nonce})
	return i.config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), state, err
}

// End ends it: state is what the browser brings back in the address, kept what it
// kept, code what the issuer gave it. Whoever the issuer vouches for and has an
// account, or is given one by a grant, is signed in. ErrIssuer; ErrSignIn for all that does not fit together.
func (a *Access) End(ctx context.Context, i *Issuer, state, kept, code, address, before string) (string, Caller, error) {
	if kept == "" || subtle.ConstantTimeCompare([]byte(state), []byte(kept)) != 1 {
		return "", Caller{}, fmt.Errorf("%w: it was begun in another browser", ErrSignIn)
	}
	reached, err := i.reached(ctx)
	if err != nil {
		return "", Caller{}, err
	}
	var verifier, nonce string
	err = a.pool.QueryRow(pg.AsOwner(ctx), sqlEndSignIn.SQL(), pgx.StrictNamedArgs{"state_sha256": hashed(state)}).Scan(&verifier, &nonce)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", Caller{}, fmt.Errorf("%w: it was begun long ago, or is over", ErrSignIn)
	case err != nil:
		return "", Caller{}, sqlEndSignIn.Named(err)
	}
	tokens, err := i.config.Exchange(reached, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", Caller{}, fmt.Errorf("%w: %w", ErrSignIn, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := i.verifier.Verify(reached, raw)
	switch {
	case err != nil:
		return "", Caller{}, fmt.Errorf("%w: %w", ErrSignIn, err)
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1:
		return "", Caller{}, fmt.Errorf("%w: the nonce is of another sign-in", ErrSignIn)
	}
	all, err := collect[Account](ctx, a.pool, sqlAccountOfSubject, pgx.StrictNamedArgs{"issuer": id.Issuer, "subject": id.Subject})
	switch {
	case err != nil:
		return "", Caller{}, err
	case len(all) > 0 && all[0].Disabled, len(all) == 0 && len(i.Grants) == 0:
		return "", Caller{}, fmt.Errorf("%w: %q of the issuer has no account here", ErrSignIn, id.Subject)
	case len(i.Grants) == 0:
		return a.begin(ctx, all[0], address, before)
	}
	account, err := a.grant(ctx, i, id, address, all)
	if err != nil {
		return "", Caller{}, err
	}
	return a.begin(ctx, account, address, before)
}
