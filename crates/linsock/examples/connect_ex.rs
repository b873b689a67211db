//! ConnectEx through a completion port, to a listener of our own.

use linsock::{CompletionPort, Notify, Socket};
use std::io::Read;
use std::net::TcpListener;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;

    let port = CompletionPort::new(0)?;
    let socket = Socket::for_address(&address)?;
    socket.bind_any()?; // ConnectEx wants a bound socket
    port.associate(&socket, 42)?;

    let connecting = socket.connect_ex(address, b"Hello from ConnectEx".to_vec(), Notify::Port)?;
    let packet = port.get(None)?.ok_or("no time limit was given")?;
    assert!(packet.is_of(&connecting));
    println!("connected, key {}, {} bytes sent", packet.key, packet.result?);
    socket.update_connect_context()?;

    let mut got = [0; 20];
    listener.accept()?.0.read_exact(&mut got)?;
    println!("the listener received {:?}", str::from_utf8(&got)?);
    Ok(())
}
