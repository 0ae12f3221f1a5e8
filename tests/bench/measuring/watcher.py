"""Looks at a Weir as Prometheus, faster than it would, and as an open dashboard does, until it is ended: watcher.py PORT"""
import sys
import threading
import urllib.request


def scrape(port, stop):
    while not stop.wait(1):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read()


def main():
    port = sys.argv[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/events", timeout=60) as events:
        threading.Thread(target=scrape, args=(port, threading.Event()), daemon=True).start()
        print("watching", flush=True)
        while events.readline():
            pass


if __name__ == "__main__":
    main()
