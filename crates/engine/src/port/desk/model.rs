//! The desk under every interleaving (within a bound of preemptions): packets are neither
//! lost nor doubled, and nobody sleeps beside a packet.

use super::*;
use crate::sync::AtomicUsize;

/// A seat as the kernel offers it: a kick is kept until somebody sits.
#[derive(Default)]
struct Bench {
    kicks: Mutex<u32>,
    kicked: Condvar,
}

impl Seat for Bench {
    fn sit(&self, _: Option<Duration>) {
        let mut kicks = self.kicks.lock().unwrap();
        while *kicks == 0 {
            kicks = self.kicked.wait(kicks).unwrap();
        }
        // An edge: however many kicks, it is told once.
        *kicks = 0;
    }

    fn kick(&self) {
        *self.kicks.lock().unwrap() += 1;
        self.kicked.notify_one();
    }
}

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

const ONE: Wish = Wish { max: 1, deadline: None };

fn take(desk: &Desk<u32>, seat: &Bench) -> Option<u32> {
    let mut taken = Vec::new();
    let mut running = false;
    let me = WaiterRef::default();
    if desk.take_at_once(running, ONE.max, &mut taken) {
        running = true;
    } else {
        let result = desk.take(seat, &me, &mut running, ONE, &mut taken, |_| {});
        assert_eq!(result.is_ok(), !taken.is_empty());
    }
    if running {
        desk.stop_running(seat);
    }
    taken.pop()
}

/// A wait that may be called off; a look at the I/O takes kicks as the kernel's poll does.
fn take_alertably(desk: &Desk<u32>, seat: &Bench, me: &WaiterRef) -> Result<u32, NoPacket> {
    let mut taken = Vec::new();
    let mut running = false;
    let look = |visit| {
        if visit == Visit::Polled {
            *seat.kicks.lock().unwrap() = 0;
        }
    };
    let result = desk.take(seat, me, &mut running, ONE, &mut taken, look);
    if running {
        desk.stop_running(seat);
    }
    result.map(|()| taken[0])
}

/// One waiter is called off, the other one gets a packet.
fn one_called_one_served(limit: u32) {
    check(move || {
        let world = Arc::new((Desk::new(limit), Bench::default()));
        let called = WaiterRef::default();
        let waiter = {
            let (world, called) = (world.clone(), called.clone());
            loom::thread::spawn(move || take_alertably(&world.0, &world.1, &called))
        };
        let other = {
            let world = world.clone();
            loom::thread::spawn(move || take(&world.0, &world.1))
        };
        world.0.alert(&world.1, &called);
        assert_eq!(waiter.join().unwrap(), Err(NoPacket::Alerted));
        world.0.post(&world.1, 1, || Poster::Leaves);
        assert_eq!(other.join().unwrap(), Some(1));
    });
}

#[test]
fn p_029_the_one_that_is_called_gets_up_both_seated() {
    one_called_one_served(2);
}

#[test]
fn p_029_the_one_that_is_called_gets_up_one_parked() {
    one_called_one_served(1);
}

#[test]
fn p_029_a_call_and_a_packet_at_once() {
    check(|| {
        let world = Arc::new((Desk::new(2), Bench::default()));
        let called = WaiterRef::default();
        let waiter = {
            let (world, called) = (world.clone(), called.clone());
            loom::thread::spawn(move || take_alertably(&world.0, &world.1, &called))
        };
        let other = {
            let world = world.clone();
            loom::thread::spawn(move || take(&world.0, &world.1))
        };
        world.0.post(&world.1, 1, || Poster::Leaves);
        world.0.alert(&world.1, &called);
        // Packets win; whoever got none needs another one.
        match waiter.join().unwrap() {
            Ok(packet) => {
                assert_eq!(packet, 1);
                world.0.post(&world.1, 2, || Poster::Leaves);
                assert_eq!(other.join().unwrap(), Some(2));
            }
            Err(none) => {
                assert_eq!(none, NoPacket::Alerted);
                assert_eq!(other.join().unwrap(), Some(1));
            }
        }
    });
}

/// Two waiters and two packets, with as many seats as may run.
fn two_and_two(limit: u32) {
    check(move || {
        let world = Arc::new((Desk::new(limit), Bench::default(), AtomicUsize::new(0)));
        let waiters: Vec<_> = (0..2)
            .map(|_| {
                let world = world.clone();
                loom::thread::spawn(move || {
                    let packet = take(&world.0, &world.1).unwrap();
                    world.2.fetch_add(packet as usize, Ordering::Relaxed);
                })
            })
            .collect();
        world.0.post(&world.1, 1, || Poster::Leaves);
        world.0.post(&world.1, 10, || Poster::Leaves);
        for waiter in waiters {
            waiter.join().unwrap();
        }
        assert_eq!(world.2.load(Ordering::Relaxed), 11, "each packet once");
    });
}

#[test]
fn p_041_two_waiters_two_packets_both_seated() {
    two_and_two(2);
}

#[test]
fn p_041_two_waiters_two_packets_one_parked() {
    two_and_two(1);
}

#[test]
fn p_023_a_close_wakes_everyone() {
    check(|| {
        let world = Arc::new((Desk::<u32>::new(1), Bench::default()));
        let waiter = {
            let world = world.clone();
            loom::thread::spawn(move || take(&world.0, &world.1))
        };
        world.0.close(&world.1);
        assert_eq!(waiter.join().unwrap(), None);
    });
}

/// This thread takes a packet and runs from now on, another one waits.
fn run_beside_a_waiter(world: &Arc<(Desk<u32>, Bench)>) -> loom::thread::JoinHandle<Option<u32>> {
    let (mut taken, mut running) = (Vec::new(), false);
    let me = WaiterRef::default();
    let first = world.0.take(&world.1, &me, &mut running, ONE, &mut taken, |_| {});
    assert!(first.is_ok() && running);
    let world = world.clone();
    loom::thread::spawn(move || take(&world.0, &world.1))
}

#[test]
fn p_017_a_thread_that_blocks_lets_a_waiter_go() {
    check(|| {
        let world = Arc::new((Desk::new(1), Bench::default()));
        world.0.post(&world.1, 1, || Poster::Leaves);
        world.0.post(&world.1, 2, || Poster::Leaves);
        let waiter = run_beside_a_waiter(&world);
        world.0.stop_running(&world.1);
        assert_eq!(waiter.join().unwrap(), Some(2));
    });
}

/// Takes the first packet, posts another one that is left to itself, and does something else that
/// answers what there is for the waiter.
fn post_and_then(then: impl Fn(&Desk<u32>, &Bench) -> u32 + Sync + Send + 'static) {
    check(move || {
        let world = Arc::new((Desk::new(2), Bench::default()));
        world.0.post(&world.1, 1, || Poster::Leaves);
        let waiter = run_beside_a_waiter(&world);
        world.0.post(&world.1, 2, || Poster::ComesBack);
        let for_the_waiter = then(&world.0, &world.1);
        assert_eq!(waiter.join().unwrap(), Some(for_the_waiter));
    });
}

#[test]
fn p_010_a_packet_left_to_one_who_stops() {
    post_and_then(|desk, seat| {
        desk.stop_running(seat);
        2
    });
}

#[test]
fn p_010_a_packet_left_to_one_who_computes() {
    post_and_then(|desk, seat| {
        if desk.left().is_some() {
            desk.settle(seat);
        }
        2
    });
}

#[test]
fn p_010_two_packets_left_to_one_who_comes_back() {
    post_and_then(|desk, seat| {
        desk.post(seat, 3, || Poster::ComesBack);
        let (mut taken, mut running) = (Vec::new(), true);
        let me = WaiterRef::default();
        let result = desk.take(seat, &me, &mut running, ONE, &mut taken, |_| {});
        assert!(result.is_ok());
        2 + 3 - taken[0]
    });
}
