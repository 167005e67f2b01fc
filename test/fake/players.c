/* Functions of the kernel by name, which call each other as those do: what scripts on kprobes are tried
 * with where the kernel has none, by uprobes. Each case has an skb of its own. */
#include <string.h>

typedef unsigned long word;
struct state { unsigned char hook; };
/* Names stand where the test says that they do. */
struct { char before[56]; char name[32]; } filter = { "", "filter" }, raw = { "", "raw" };
struct { char before[372]; unsigned short family; char pad[10]; char *name; } shop;
struct { char before[64]; void *table; char pad[16]; char *name; } chain;

#define KEPT __attribute__((noinline, noclone)) word
KEPT told(word skb) { __asm__ volatile(""); return skb; }
KEPT kfree_skb(word skb) { __asm__ volatile(""); return skb; }
KEPT ipt_do_table(void *table, word skb, struct state *state, word verdict, word inner);
KEPT ip6t_do_table(void *table, word skb, struct state *state, word verdict) { __asm__ volatile(""); return verdict; }
KEPT nft_do_chain(word *packet, void *chain, word verdict) { __asm__ volatile(""); return verdict; }
KEPT nf_conntrack_in(word skb, struct state *state, word verdict) { __asm__ volatile(""); return verdict; }
KEPT __nf_conntrack_confirm(word skb, word verdict) { __asm__ volatile(""); return verdict; }
KEPT tcf_classify(word skb, word verdict) { __asm__ volatile(""); return verdict; }

/* A frame with an echo request, and one with a tag of VLAN 5 before the same. */
#define ECHO 0x45, 0, 0, 84, 0, 9, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 8, 0, 0, 0, 0, 7, 0, 1
static unsigned char plain[98] = { 2, 0, 0, 0, 0, 11, 2, 0, 0, 0, 0, 10, 8, 0, ECHO };
static unsigned char tagged[102] = { 2, 0, 0, 0, 0, 11, 2, 0, 0, 0, 0, 10, 0x81, 0, 0, 5, 8, 0, ECHO };
struct xdp_buff { unsigned char *data, *data_end; };
static unsigned char device[16384];
KEPT virtnet_xdp_handler(void *program, struct xdp_buff *xdp, void *device, word verdict) { __asm__ volatile(""); return verdict; }

static struct state input = { 1 }, output = { 3 };

/* `inner`: a packet that it sends while it decides, which passes the same tables. */
KEPT ipt_do_table(void *table, word skb, struct state *state, word verdict, word inner) {
  if (inner) {
    ipt_do_table(&raw, inner, &output, 1, 0);
    ipt_do_table(&filter, inner, &output, 1, 0);
  }
  return verdict;
}

static void dies(word skb) { told(skb); kfree_skb(skb); }

static void all(void) {
  word packet = 0x30;
  ipt_do_table(&raw, 0x10, &input, 1, 0);
  ipt_do_table(&filter, 0x10, &input, 0, 0); dies(0x10);
  ipt_do_table(&filter, 0x11, &input, 0, 0x1f); dies(0x11);   /* REJECT */
  ipt_do_table(&filter, 0x12, &input, 1, 0); dies(0x12);      /* passed, and died of something else */
  ipt_do_table(&filter, 0x13, &input, 0, 0); dies(0x14);      /* another one died */
  dies(0x10);                                                 /* the same memory, another packet */
  ipt_do_table(&filter, 0x15, &input, 0, 0); kfree_skb(0x15); /* the script `drop` did not tell it */
  ip6t_do_table(&raw, 0x20, &output, 0); dies(0x20);
  nft_do_chain(&packet, &chain, 0); dies(0x30);
  nf_conntrack_in(0x40, &output, 0); dies(0x40);
  nf_conntrack_in(0x41, &output, 1); __nf_conntrack_confirm(0x41, 0); dies(0x41);
  nf_conntrack_in(0x42, &output, 1); __nf_conntrack_confirm(0x42, 1); dies(0x42);
  tcf_classify(0x50, 2); dies(0x50);
  tcf_classify(0x51, 0); dies(0x51);                          /* TC_ACT_OK is not NF_DROP */
  struct xdp_buff one = { plain, plain + 98 }, other = { tagged, tagged + 102 };
  virtnet_xdp_handler(0, &one, device, 1);                    /* XDP_DROP */
  virtnet_xdp_handler(0, &other, device, 2);                  /* XDP_PASS */
  virtnet_xdp_handler(0, &other, device, 1);
}

int main(void) {
  shop.family = 1; shop.name = "shop";
  chain.table = &shop; chain.name = "fw";
  /* Its memory is there before it is read: a program of BPF can't wait for a page. */
  volatile word there = strlen(shop.name) + strlen(chain.name) + strlen(filter.name) + strlen(raw.name) + plain[20] + tagged[20];
  memset(device, 0, sizeof device);
  (void)there;
  all();
  return 0;
}
