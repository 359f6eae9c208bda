// Package consistency tells from the outside which reads of a service were stale, and which writes it lost: from the instants
// at which requests were sent and answered, by one clock, and from the versions in them.
//
// A write lives from its first send s to its acknowledgement a; one that failed, was cut off or was sent twice has no a, and
// then supersedes nothing and is never superseded. Version v is certainly older than write w where a(v) < s(w). A read that was
// sent at r is stale if it returned v, and some w of its key is certainly newer than v with a(w) < r; its age is at least r
// less the least such a(w). Each < holds by more than [Slack]. Nothing else is called stale: what is called so has no order in
// which one copy would have given these answers (linearizability: Herlihy and Wing, ACM TOPLAS 12(3), 1990).
//
//   - version.go: versions, and which of them bench wrote
//   - ledger.go: what is known of a target's versions, and how a read is judged; start here
//   - memory.go: the writes that are remembered
//   - goneback.go: which writes a target has lost
package consistency
