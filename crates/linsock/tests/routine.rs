//! Check that completion routines run where and when they should, once.

mod common;

use common::{LONG, connected};
use linsock::{
    CompletionPort, Event, Notify, Operation, Socket, Waited, WsaError, sleep_alertable,
};
use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::time::Duration;

const SOON: Option<Duration> = Some(Duration::from_millis(5));

#[test]
fn the_same_on_each_backend() {
    common::on_each_backend();
}

#[test]
fn a_routine_runs_in_an_alertable_wait_alone() {
    let (socket, mut peer) = connected();
    let ends = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&ends);
    let receiving = socket.recv(vec![0; 10], Notify::Routine).unwrap();
    assert!(receiving.was_pending());
    receiving.then(move |done| told.borrow_mut().push(done)).unwrap();
    assert!(!sleep_alertable(SOON));
    peer.write_all(b"one").unwrap();
    // Its end waits for this thread to wait alertably.
    let event = Event::new().unwrap();
    assert_eq!(event.wait(Some(Duration::from_millis(20))), Ok(false));
    assert_eq!(ends.borrow().len(), 0);
    assert!(sleep_alertable(LONG));
    assert_eq!(ends.borrow().len(), 1);
    assert_eq!(ends.borrow()[0].transferred(), b"one");
    assert_eq!(ends.borrow()[0].buffer.len(), 10);
    assert!(!sleep_alertable(SOON), "it runs once");
}

#[test]
fn a_success_at_once_runs_its_routine_too_and_later() {
    let (socket, mut peer) = connected();
    let sent = Rc::new(Cell::new(None));
    let told = Rc::clone(&sent);
    let sending = socket.send(b"sent".to_vec(), Notify::Routine).unwrap();
    sending.then(move |done| told.set(Some(done.result))).unwrap();
    let mut data = [0; 4];
    peer.read_exact(&mut data).unwrap();
    assert_eq!(&data, b"sent");
    assert_eq!(sent.get(), None);
    assert!(sleep_alertable(LONG));
    assert_eq!(sent.get(), Some(Ok(4)));
}

#[test]
fn what_runs_may_start_the_next() {
    const ROUNDS: usize = 50;
    fn echo(socket: &Rc<Socket>, left: Rc<Cell<usize>>) {
        let again = Rc::clone(socket);
        let received = socket.recv(vec![0; 16], Notify::Routine).unwrap();
        let next = move |done: linsock::Completion| {
            let data = done.transferred().to_vec();
            assert_eq!(data, b"ping");
            let (socket, left) = (Rc::clone(&again), left);
            let sending = again.send(data, Notify::Routine).unwrap();
            let sent = move |done: linsock::Completion| {
                assert_eq!(done.result, Ok(4));
                left.set(left.get() - 1);
                if left.get() > 0 {
                    echo(&socket, left);
                }
            };
            sending.then(sent).unwrap();
        };
        received.then(next).unwrap();
    }
    let (socket, mut peer) = connected();
    let left = Rc::new(Cell::new(ROUNDS));
    echo(&Rc::new(socket), Rc::clone(&left));
    let client = std::thread::spawn(move || {
        let mut data = [0; 4];
        for _ in 0..ROUNDS {
            peer.write_all(b"ping").unwrap();
            peer.read_exact(&mut data).unwrap();
            assert_eq!(&data, b"ping");
        }
    });
    while left.get() > 0 {
        assert!(sleep_alertable(LONG));
    }
    client.join().unwrap();
}

#[test]
fn an_operation_can_be_waited_for_on_its_thread() {
    let (socket, mut peer) = connected();
    let receiving = socket.recv(vec![0; 10], Notify::Routine).unwrap();
    assert_eq!(receiving.wait(SOON), Ok(false));
    assert!(!receiving.is_over());
    peer.write_all(b"two").unwrap();
    assert_eq!(receiving.wait(LONG), Ok(true));
    assert!(receiving.is_over());
    let receiving = receiving.then(|_| unreachable!("it ran already")).unwrap_err();
    assert_eq!(receiving.take().unwrap().transferred(), b"two");
    // Another thread cannot, as it does not run the routine.
    let receiving = socket.recv(vec![0; 10], Notify::Routine).unwrap();
    let receiving = std::thread::spawn(move || {
        assert_eq!(receiving.wait(SOON), Err(WsaError::WSAEINVAL));
        let receiving = receiving.join().unwrap_err().operation;
        receiving.then(|_| unreachable!("on another thread")).unwrap_err()
    })
    .join()
    .unwrap();
    peer.write_all(b"three").unwrap();
    assert_eq!(receiving.join().unwrap().transferred(), b"three");
}

#[test]
fn a_cancelled_operation_runs_its_routine_once() {
    let (socket, _peer) = connected();
    let ends = Rc::new(RefCell::new(Vec::new()));
    for number in 0..3 {
        let told = Rc::clone(&ends);
        let receiving = socket.recv(vec![0; 10], Notify::Routine).unwrap();
        if number == 0 {
            assert!(receiving.cancel());
        }
        let id = receiving.then(move |done| told.borrow_mut().push(done.result)).unwrap();
        if number == 1 {
            assert!(socket.cancel(id));
            assert!(!socket.cancel(id));
        }
    }
    assert!(socket.cancel_all());
    while ends.borrow().len() < 3 {
        assert!(sleep_alertable(LONG));
    }
    assert_eq!(*ends.borrow(), [Err(WsaError::WSA_OPERATION_ABORTED); 3]);
    assert!(!sleep_alertable(SOON));
    assert!(!socket.cancel_all());
}

#[test]
fn a_closed_socket_runs_the_routines_of_its_operations() {
    let (socket, _peer) = connected();
    let end = Rc::new(Cell::new(None));
    let told = Rc::clone(&end);
    let receiving = socket.recv(vec![0; 10], Notify::Routine).unwrap();
    receiving.then(move |done| told.set(Some(done.result))).unwrap();
    drop(socket);
    assert!(sleep_alertable(LONG));
    assert_eq!(end.get(), Some(Err(WsaError::WSAECONNABORTED)));
}

#[test]
fn events_and_routines_are_waited_for_together() {
    let pairs: Vec<(Socket, TcpStream)> = (0..2).map(|_| connected()).collect();
    let by_event: Vec<Operation> =
        pairs.iter().map(|(socket, _)| socket.recv(vec![0; 9], Notify::Event).unwrap()).collect();
    assert_eq!(Operation::wait_any_alertable(&by_event, SOON), Ok(Waited::TimedOut));
    let (socket, mut peer) = connected();
    let receiving = socket.recv(vec![0; 9], Notify::Routine).unwrap();
    peer.write_all(b"r").unwrap();
    assert_eq!(Operation::wait_any_alertable(&by_event, LONG), Ok(Waited::RoutinesRan));
    assert_eq!(receiving.take().unwrap().transferred(), b"r");
    (&pairs[1].1).write_all(b"e").unwrap();
    assert_eq!(Operation::wait_any_alertable(&by_event, LONG), Ok(Waited::Signalled(1)));
}

#[test]
fn where_there_is_no_routine_it_is_refused() {
    let (socket, _peer) = connected();
    let disconnecting = socket.disconnect_ex(false, Notify::Routine);
    assert_eq!(disconnecting.unwrap_err(), WsaError::WSAEOPNOTSUPP);
    let by_event = socket.recv(vec![0; 1], Notify::Event).unwrap();
    drop(by_event.then(|_| ()).expect_err("it has no routine"));
    // A socket of a port takes none (P-037), and nothing is queued for what did not start.
    let port = CompletionPort::new(0).unwrap();
    port.associate(&socket, 1).unwrap();
    let receiving = socket.recv(vec![0; 1], Notify::Routine);
    assert_eq!(receiving.unwrap_err(), WsaError::WSAEINVAL);
    assert!(!sleep_alertable(SOON));
}

#[test]
fn a_panic_in_a_routine_ends_the_process() {
    const NAME: &str = "LINSOCK_TEST_PANICS";
    if std::env::var_os(NAME).is_some() {
        let (socket, _peer) = connected();
        let sending = socket.send(b"x".to_vec(), Notify::Routine).unwrap();
        sending.then(|_| panic!("in a routine")).unwrap();
        let unwound = std::panic::catch_unwind(|| sleep_alertable(LONG));
        panic!("the process goes on: {unwound:?}");
    }
    use std::os::unix::process::ExitStatusExt;
    let run = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_panic_in_a_routine_ends_the_process", "--nocapture"])
        .env(NAME, "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.signal(), Some(6), "SIGABRT: {} {errors}", run.status);
    assert!(errors.contains("in a routine") && !errors.contains("goes on"), "{errors}");
}
