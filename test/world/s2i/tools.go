//go:build tools

// Package s2i keeps the version of source-to-image that the tests build and run.
package s2i

import _ "github.com/openshift/source-to-image/cmd/s2i"
