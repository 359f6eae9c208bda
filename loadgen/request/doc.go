// Package request is what is sent: the requests of a plan, compiled, and the drawn values, file contents and secrets in them.
// Which request is number k, and with what values, is a function of the seed and k alone.
//
//   - request.go, order.go, group.go: requests and the [Mix] of them; which is number k; which are one endpoint
//   - template.go, value.go, now.go, zipf.go, csv.go: text with values, such as {{zipf 1000 1.1}}; value.go is where another value
//     begins
//   - body.go: what is read of an answer's body, and the codings that are asked for
//   - target.go, host.go, header.go, sni.go: how a URL, a host and headers stand on the wire
//   - secret.go, visible.go: references to secrets, and what of a request may be shown
//   - lines.go: the requests of a targets file
//   - expect.go, extract.go: what an answer must be, and what is taken out of a request or an answer
//   - consistency.go: which request reads or writes which key, and the version that it sends
//   - journey.go, journey_names.go, names.go, take.go, json.go: journeys of several requests, the order of their names, and texts
//     that go from one answer to the next request
//   - texterror.go: errors that say where in a text they are
package request
